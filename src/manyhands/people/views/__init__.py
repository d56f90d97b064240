"""Pages of signing in and out, of oneself, and of where one is signed in."""
