"""Pages of Industry 120 on the phone: the firm, the technician, the label on the machine."""
