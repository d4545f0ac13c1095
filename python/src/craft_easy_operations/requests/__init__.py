"""What a portal asks a platform for, and whether it is the portal that asks."""
