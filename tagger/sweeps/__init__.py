"""Many runs: sweeps and their leaderboards."""
