"""What is decided on faults (spec 06.9–06.11): dispositions, holds, rework tasks with their repair records, review by the MRB."""
