/** Of the reader's own messages only that they are there counts for the block that imports them. */
const messages: any = {};

export default messages;
