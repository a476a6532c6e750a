"""Meta's Graph as its fakes share it: fields, pages, errors, allowances, webhooks.

The fakes of Facebook and Instagram stand on it; by itself it knows neither.
"""
