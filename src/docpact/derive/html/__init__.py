"""HTML pages: as a browser saves them, into the lines that readers of text understand."""
