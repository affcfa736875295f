"""Scale: the judging of long files cut into pieces, on the cores of this machine or on a cluster; the report stays the same."""
