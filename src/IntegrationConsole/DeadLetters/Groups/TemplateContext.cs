namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>A stretch of a message, and what stands for it in the template.</summary>
internal readonly record struct Scanned(int Length, string Text);

/// <summary>What came before the place that is looked at: whether a number is a status or a quoted word a name is told by that.</summary>
internal sealed class TemplateContext(string message)
{
    private static readonly HashSet<string> StatusWords = new(StringComparer.OrdinalIgnoreCase) { "http", "status", "statuscode", "error", "errorcode", "1.1", "1.0" };

    private static readonly HashSet<string> CodeWords = new(StringComparer.OrdinalIgnoreCase) { "http", "status", "error", "response" };

    private static readonly HashSet<string> NamingWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "column", "constraint", "relation", "table", "index", "function", "type", "schema", "role", "database", "sequence", "trigger", "view", "property", "field", "parameter", "rule", "element",
        "attribute",
    };

    private readonly HashSet<char> _unclosed = [];
    private string _wordBefore = "";

    /// <summary>The word before this place, without what separates them.</summary>
    public string Word { get; private set; } = "";

    /// <summary>An HTTP status, or the number behind the word for one.</summary>
    public bool IsStatus(int at, int length)
    {
        if (length != 3 || message[at] is < '1' or > '5')
        {
            return false;
        }

        var end = at + length;
        var bracketed = at > 1 && message[at - 1] == '(' && !char.IsLetterOrDigit(message[at - 2]) && end < message.Length && message[end] == ')';
        var begins = at == 0 && end + 1 < message.Length && message[end] is ' ' or ':' && char.IsAsciiLetterUpper(message[Math.Min(end + 1, message.Length - 1)]);
        return bracketed || begins || StatusWords.Contains(Word) || (Word.Equals("code", StringComparison.OrdinalIgnoreCase) && CodeWords.Contains(_wordBefore));
    }

    /// <summary>The five characters of an SQLSTATE: behind that word, or before the colon at the message's beginning.</summary>
    public bool IsSqlState(int at, int length) =>
        length == 5 && message.AsSpan(at, 5).IndexOfAnyExceptInRange('0', 'Z') < 0 && message.AsSpan(at, 5).ContainsAnyInRange('0', '9')
        && (Word.Equals("sqlstate", StringComparison.OrdinalIgnoreCase) || (at == 0 && message.Length > 5 && message[5] == ':'));

    /// <summary>What is quoted here is a name of the schema and no value.</summary>
    public bool IsNamed => NamingWords.Contains(Word);

    /// <summary>Says once for each kind of quote that no more of it follow, so that nobody looks for them again.</summary>
    public bool MayClose(char quote) => !_unclosed.Contains(quote);

    public void NeverCloses(char quote) => _unclosed.Add(quote);

    public void Pass(int at, Scanned found)
    {
        var first = message[at];
        if (char.IsLetterOrDigit(first))
        {
            (_wordBefore, Word) = (Word, message.Substring(at, Math.Min(found.Length, 32)));
        }
        else if (found.Length > 1 || first is '.' or ';' or ')' or '(')
        {
            (_wordBefore, Word) = ("", "");
        }
    }
}
