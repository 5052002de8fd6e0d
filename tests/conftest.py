"""What holds for every test: how Hypothesis looks for counterexamples."""

from hypothesis import settings

# No deadline: two workers share the machine, and a slow example is not a wrong one.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
