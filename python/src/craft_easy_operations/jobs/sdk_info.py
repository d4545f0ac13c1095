"""What registrations say of this library."""

SDK_INFO = {"name": "craft-easy-operations", "version": "0.1.0", "language": "python"}
