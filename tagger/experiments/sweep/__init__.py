"""Many runs that one file describes: expanded, searched, run by workers, ranked, and never run twice."""
