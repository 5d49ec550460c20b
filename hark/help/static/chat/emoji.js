// The emoji that people use when they talk with a company; their phones bring all the others.
export const EMOJI = [..."😀😊🙂😉😍🤗🤔😅😂🥲😢😭😡😮😴🙈👍👎👌🙏👏💪🤝👋❤💔🔥✨🎉🎁⭐✅❌❓❗💡📦🚚🏠🛒💶📞📧📅⏰🔧🔌🧺☕🌍"];
