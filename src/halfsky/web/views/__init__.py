"""One module for each kind of page; each view asks queries, lets presenters make rows, renders."""
