"""The readers of text: flattened pages, headings, lists, code; and how each finds members, marks and values."""
