"""Photos of faults: made small and free of what a camera adds, kept beside the database, shown to whoever may see the fault."""
