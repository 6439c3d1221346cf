"""What a registry is, without storage or protocol: its names, its model, its rules, its errors by kind."""
