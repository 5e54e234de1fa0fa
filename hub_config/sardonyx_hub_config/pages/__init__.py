"""What people see of the hub: templates, style, and the handlers behind them."""
