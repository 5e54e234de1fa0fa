"""What `sardonyx render` makes of settings: values for the chart."""
