/** The names of the things that automations name by their ids. */
export interface Names {
  index: (id: string) => string;
  connector: (id: string) => string;
}
