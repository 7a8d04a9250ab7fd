import { useEffect, useState } from 'react';

/** Whether a drag carries files. */
function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/**
 * Take files that are dropped anywhere on the page. Return the element under a drag of files, or null.
 *
 * A part of the page that takes the drop itself stops the event.
 */
export function useFileDrop(isActive: boolean, onDrop: (transfer: DataTransfer, target: Element) => void): Element | null {
  const [over, setOver] = useState<Element | null>(null);
  useEffect(() => {
    if (!isActive) return;
    const move = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(event.target instanceof Element ? event.target : document.body);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(null);
    };
    const drop = (event: DragEvent) => {
      setOver(null);
      if (!hasFiles(event) || event.defaultPrevented || event.dataTransfer === null) return;
      event.preventDefault();
      onDrop(event.dataTransfer, event.target instanceof Element ? event.target : document.body);
    };
    window.addEventListener('dragenter', move);
    window.addEventListener('dragover', move);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', move);
      window.removeEventListener('dragover', move);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [isActive, onDrop]);
  return over;
}
