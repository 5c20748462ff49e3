"""What goes up and comes back: yearly reports, meetings, and the tasks that follow from them."""
