"""Who works here, where, as what, and what each may see and do."""
