"""Tell others what happened, after Standard Webhooks 1.0.0.

    address     where we send at all, checked when an address is named and again at each attempt
    body        what is told: type, time, and the object
    signature   the three headers by which a receiver knows that it is us
    schedule    when it is tried again
    post        one attempt
    sender      all that is due, a few at a time to each receiver, for as long as a worker lives

What there is to tell is written by ``app/store/webhook_outbox.py``, in the transaction in which it happens.
"""
