/** What browsers have and Node has not. */
import "fake-indexeddb/auto";
