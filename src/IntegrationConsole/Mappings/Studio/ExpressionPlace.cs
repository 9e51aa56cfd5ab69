namespace IntegrationConsole.Mappings.Studio;

internal enum PlaceKind
{
    /// <summary>Inside a text, a comment or a regular expression: nothing is completed.</summary>
    Nothing,

    /// <summary>The name of a value.</summary>
    Name,

    /// <summary>The name of a function or variable.</summary>
    Variable,
}

/// <summary>
/// What stands around the caret in an expression that is being written, and so mostly cannot be parsed yet: the word that
/// is begun, and the path of what it is looked for in.
/// </summary>
/// <param name="Begun">What is written of the word up to the caret.</param>
/// <param name="Context">The path that the word goes on from; empty for the record, null where that cannot be said.</param>
/// <param name="IsLedTo">A dot or a dollar sign asks for a name.</param>
internal readonly record struct ExpressionPlace(PlaceKind Kind, int From, int To, string Begun, string? Context, bool IsLedTo)
{
    public static ExpressionPlace At(string text, int caret) => new Reading(text, caret).Find();

    private sealed class Reading(string text, int caret)
    {
        private readonly Stack<(string? Context, string? Path)> _around = new();
        private string? _context = "";

        /// <summary>The path that ends here; empty where none does.</summary>
        private string? _path = "";
        private bool _afterDot;
        private bool _afterValue;
        private int _at;

        public ExpressionPlace Find()
        {
            while (_at < caret)
            {
                var letter = text[_at];
                if (letter is '"' or '\'')
                {
                    if (!Skip(letter))
                    {
                        return default;
                    }
                }
                else if (letter is '/' && (!_afterValue || (_at + 1 < text.Length && text[_at + 1] == '*')))
                {
                    if (!SkipSlash())
                    {
                        return default;
                    }
                }
                else if (letter is '$' or '`' || char.IsLetter(letter) || letter is '_')
                {
                    if (Word(letter) is { } found)
                    {
                        return found;
                    }
                }
                else
                {
                    Sign(letter);
                }
            }

            return new ExpressionPlace(PlaceKind.Name, caret, caret, "", _afterDot ? _path : _context, _afterDot);
        }

        /// <returns>The place where the caret is in the word or at its end; null to read on.</returns>
        private ExpressionPlace? Word(char first)
        {
            var start = _at++;
            if (first is '`')
            {
                var close = text.IndexOf('`', _at);
                _at = close < 0 ? text.Length : close + 1;
            }
            else
            {
                while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' || (text[_at] is '$' && _at == start + 1 && first is '$')))
                {
                    _at++;
                }
            }

            var word = text[start.._at];
            if (caret <= _at)
            {
                return first is '$' && word is not "$$"
                    ? new ExpressionPlace(PlaceKind.Variable, start, _at, text[(start + 1)..caret], null, IsLedTo: true)
                    : new ExpressionPlace(PlaceKind.Name, start, _at, text[start..caret], _afterDot ? _path : _context, _afterDot);
            }

            Take(word, first is '$');
            return null;
        }

        private void Take(string word, bool isVariable)
        {
            var isOperator = !isVariable && !_afterDot && word is "and" or "or" or "in";
            _path = isOperator ? "" : isVariable ? word switch { "$" => _context, "$$" => "", _ => null } : Below(_afterDot ? _path : _context, word);
            _afterValue = !isOperator;
            _afterDot = false;
        }

        private void Sign(char sign)
        {
            _at++;
            switch (sign)
            {
                case '.' when _afterValue:
                    _afterDot = true;
                    break;
                case '[' or '(' or '{':
                    _around.Push((_context, _path));
                    _context = sign is '[' or '{' && _afterValue && (sign is '[' || _path is not null) ? _path : sign is '(' && _afterDot ? _path : _context;
                    (_path, _afterDot, _afterValue) = ("", false, false);
                    break;
                case ']' or ')' or '}' when _around.TryPop(out var before):
                    (_context, _path) = (before.Context, sign is ']' ? before.Path : null);
                    (_afterDot, _afterValue) = (false, true);
                    break;
                case ' ' or '\t' or '\r' or '\n':
                    break;
                default:
                    (_path, _afterDot, _afterValue) = ("", false, char.IsDigit(sign));
                    break;
            }
        }

        private bool SkipSlash()
        {
            if (_at + 1 < text.Length && text[_at + 1] == '*')
            {
                var end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                _at = end < 0 ? text.Length : end + 2;
                return end >= 0 && _at <= caret;
            }

            return Skip('/');
        }

        /// <returns>Whether what is quoted ends before the caret.</returns>
        private bool Skip(char quote)
        {
            for (_at++; _at < caret; _at++)
            {
                if (text[_at] == '\\')
                {
                    _at++;
                }
                else if (text[_at] == quote)
                {
                    _at++;
                    (_path, _afterDot, _afterValue) = (null, false, true);
                    return true;
                }
            }

            return false;
        }

        private static string? Below(string? context, string name) => context is null ? null : context.Length == 0 ? name : $"{context}.{name}";
    }
}
