"""Pages of the calls: the firm's and the grid officer's phone, the desk, the leader."""
