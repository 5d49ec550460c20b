"""Live chat on any site: the element <hark-chat>, whose door is hark/help/chat."""
