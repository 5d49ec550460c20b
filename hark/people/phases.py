"""The phases of experience and the touchpoint (phase x channel) as the home of every event name.

A company's customers plan, look forward, use and remember. The usual event names have a home by default; the event
`mapping.defined` moves them.
"""

from collections.abc import Mapping
from types import MappingProxyType

PHASES = ("planning", "anticipation", "usage", "memory")

# Names of the e-commerce, B2B, mobile and messaging specifications that collection clients share, and our own.
_HOMES = {
    "planning": (
        "page",
        "screen",
        "Page Viewed",
        "$pageview",
        "$screen",
        "Products Searched",
        "Product List Viewed",
        "Product List Filtered",
        "Promotion Viewed",
        "Promotion Clicked",
        "Product Clicked",
        "Product Viewed",
        "Product Compared",
        "Product Added",
        "Product Removed",
        "Cart Viewed",
        "Checkout Started",
        "Checkout Step Viewed",
        "Checkout Step Completed",
        "Payment Info Entered",
        "Coupon Entered",
        "Coupon Applied",
        "Coupon Denied",
        "Coupon Removed",
        "Product Added to Wishlist",
        "Product Removed from Wishlist",
        "Wishlist Product Added to Cart",
        "Product Shared",
        "Cart Shared",
        "Application Installed",
        "Install Attributed",
        "Push Notification Tapped",
        "Email Opened",
        "Email Link Clicked",
        "Signed Up",
        "Account Created",
        "Trial Started",
        "Advice Requested",
        "Quote Requested",
        "Store Visited",
    ),
    "anticipation": (
        "Order Completed",
        "Order Updated",
        "Order Cancelled",
        "Order Shipped",
        "Order Delayed",
        "Order Out for Delivery",
        "Delivery Scheduled",
        "Delivery Rescheduled",
        "Delivery Failed",
        "Delivery Tracked",
        "Order Delivered",
        "Voucher Given",
        "Appointment Booked",
        "Appointment Moved",
    ),
    "usage": (
        "Product Registered",
        "Appliance Registered",
        "Appliance Connected",
        "Appliance Paired",
        "Appliance Used",
        "Program Started",
        "Program Completed",
        "Cycle Completed",
        "Usage Summarised",
        "Fault Raised",
        "Fault Reported",
        "Fault Detected",
        "Fault Cleared",
        "Error Shown",
        "Maintenance Due",
        "Maintenance Done",
        "Filter Changed",
        "Firmware Updated",
        "Application Opened",
        "Application Backgrounded",
        "Application Updated",
        "Application Crashed",
        "Signed In",
        "Signed Out",
        "Manual Opened",
        "Article Viewed",
        "Recipe Viewed",
        "Accessory Ordered",
        "message.received",
        "message.written",
        "Message Received",
        "Message Sent",
        "Case Opened",
        "Case Closed",
        "Call Started",
        "Call Ended",
        "Call Received",
        "Visit Booked",
        "Visit Completed",
        "Guide Finished",
        "Technician Visited",
        "Repair Completed",
        "Support Requested",
    ),
    "memory": (
        "Product Reviewed",
        "Product Rated",
        "conversation.rated",
        "Survey Sent",
        "Survey Answered",
        "NPS Answered",
        "Recommended",
        "Referral Sent",
        "Invite Sent",
        "Order Returned",
        "Return Requested",
        "Return Received",
        "Order Refunded",
        "Complaint Raised",
        "Account Deleted",
        "Unsubscribed",
        "Warranty Extended",
        "Product Recycled",
        "Product Resold",
    ),
}

DEFAULTS: Mapping[str, str] = MappingProxyType({name: phase for phase, names in _HOMES.items() for name in names})
# Names whose counts are kept whatever else a sender floods a profile with.
WELL_KNOWN = frozenset(DEFAULTS) | {"identify", "group", "alias"}


def phase_of(name: str, mapping: Mapping[str, str | None]) -> str | None:
    """The phase that an event name is at home in; the company's own mapping goes before the defaults."""
    if name in mapping:
        return mapping[name]
    return DEFAULTS.get(name)


def current(counts: Mapping[str, list[int]], mapping: Mapping[str, str | None]) -> tuple[str | None, int]:
    """The phase of the newest event that has one, where this person is now; and when that event was (ms; -1: never)."""
    newest: tuple[int, str] = (-1, "")
    for name, seen in counts.items():
        home = phase_of(name, mapping)
        if home is not None and (seen[2], home) > newest:
            newest = (seen[2], home)
    return newest[1] or None, newest[0]


def touchpoint(phase: str | None, channel: str) -> str | None:
    return f"{phase}/{channel}" if phase else None
