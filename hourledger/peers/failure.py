"""What goes wrong with a peer."""


class PeerError(RuntimeError):
    """A server of another product cannot be installed, set up or started; the message says why and the way out."""
