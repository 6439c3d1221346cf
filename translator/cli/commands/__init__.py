"""The commands, a file each; each is loaded when it is named."""
