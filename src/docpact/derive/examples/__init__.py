"""The reader of examples: pages and files that show an answer, and do not list its members."""
