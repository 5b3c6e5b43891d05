"""``python -m qiying`` is the ``qiying`` command."""

from qiying.config.cli import main

if __name__ == "__main__":
    main()
