"""The acts: what a person does through a session, one module a noun. Each returns a value of `results`."""
