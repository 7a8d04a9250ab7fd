"""The main job from end to end, as any user of the official client would do it."""
