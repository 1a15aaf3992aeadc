"""Projects, task queue, assignment, exams, control tasks, rules, pay, publication."""
