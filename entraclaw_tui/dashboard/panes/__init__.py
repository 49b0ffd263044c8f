"""The seven panes: each turns what one source says into lines."""
