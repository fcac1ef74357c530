"""Real site generators: installed once, run over posts, read as a browser does."""
