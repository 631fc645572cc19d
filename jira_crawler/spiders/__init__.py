"""What crawls: one module a spider, named by intent."""
