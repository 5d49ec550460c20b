// What every page loads. A page works without any of this; each element adds one behaviour.
import "./hark-time.js";
import "./hark-live.js";
import "./hark-theme.js";
import "./hark-palette.js";
import "./hark-keys.js";
import "./hark-toast.js";
import "./hark-copy.js";
import "./hark-pop.js";
import "./hark-drop.js";
import "./hark-builder.js";
import "./hark-review.js";
import "./forms.js";
import "./looking.js";
import "./hark-wall.js";
import "./hark-notices.js";
