"""A Whisper model that encodes one clip at a time.

Importing this module is expensive, so it is imported only when a model is loaded.
"""

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from numpy.typing import NDArray


class ClipwiseWhisper(WhisperModel):  # type: ignore[misc]  # its package has no types
    """A ``faster_whisper.WhisperModel`` that needs less memory for batches.

    The encoder's attention takes 1500 x 1500 numbers per head and clip. Encoding several clips together takes
    several times the memory of one clip and is no faster. Decoding them together is faster.
    """

    def encode(self, features: NDArray[np.float32]) -> ctranslate2.StorageView:
        """Encode features of shape (clips, bands, times), or (bands, times) for one clip.

        Returns (clips, times, width).
        """
        clips = features[np.newaxis] if features.ndim == 2 else features
        encoded = [np.asarray(super(ClipwiseWhisper, self).encode(clip)) for clip in clips]
        return ctranslate2.StorageView.from_array(np.concatenate(encoded))
