export interface Size {
  width: number;
  height: number;
}

/** Return the largest size with the shape of `content` that fits into `room`. */
export function fitInto(room: Size, content: Size): Size {
  if (room.width <= 0 || room.height <= 0 || content.width <= 0 || content.height <= 0) return room;
  const scale = Math.min(room.width / content.width, room.height / content.height);
  return { width: content.width * scale, height: content.height * scale };
}
