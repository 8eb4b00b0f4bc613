"""The pages: requests in, words and forms out. Everything that knows Flask stands here."""
