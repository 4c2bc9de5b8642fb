"""One run: train → bundle → evaluate → report."""
