/** The longest side of a picture that is sent. The server looks at fewer pixels than that. */
const longestSide = 1024;

/** Encode a picture as base64, smaller if it is large. One that the browser cannot decode is sent as it is. */
export async function pictureData(picture: Blob): Promise<string> {
  const bytes = new Uint8Array(await (await reduced(picture)).arrayBuffer());
  let binary = '';
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}

async function reduced(picture: Blob): Promise<Blob> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    return picture;
  }
  const scale = longestSide / Math.max(bitmap.width, bitmap.height);
  if (scale >= 1) return picture;
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}
