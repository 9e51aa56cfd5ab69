using System.Globalization;
using System.Text;

namespace IntegrationConsole.Schemas.Patterns;

/// <summary>
/// Translates an ECMA-262 pattern to the framework's language. Read as with the u flag, but an escaped punctuation mark and a lone
/// brace or bracket stand for themselves, as patterns out in the world have them.
/// </summary>
internal sealed partial class EcmaTranslation
{
    private const int LongestPattern = 10_000;
    private const int DeepestGroup = 100;
    private const string Word = "[0-9A-Z_a-z]";

    private readonly string _source;
    private readonly StringBuilder _target = new();
    private readonly List<string?> _groups = [null];
    private int _at;
    private int _depth;
    private int _groupsSeen;
    private bool _hasReferences;

    public EcmaTranslation(string source) => _source = source;

    /// <summary>What is wrong, as the end of a sentence.</summary>
    public string Problem { get; private set; } = "";

    public bool NeedsBacktracking { get; private set; }

    /// <summary>About how many states the pattern unfolds to.</summary>
    public long Size { get; private set; }

    public bool TryTranslate(out string text)
    {
        text = "";
        if (_source.Length > LongestPattern)
        {
            return Refuse($"it is longer than {LongestPattern} characters.");
        }

        // References may name groups that come later, so the groups are counted first.
        ListGroups();
        if (!Alternatives(out var size))
        {
            return false;
        }

        if (_at < _source.Length)
        {
            return Refuse("there is a closing parenthesis too many");
        }

        Size = size;
        NeedsBacktracking |= _hasReferences;
        text = _target.ToString();
        return true;
    }

    private void ListGroups()
    {
        var isInClass = false;
        for (var at = 0; at < _source.Length; at++)
        {
            switch (_source[at])
            {
                case '\\':
                    _hasReferences |= at + 1 < _source.Length && !isInClass && _source[at + 1] is (>= '1' and <= '9') or 'k';
                    at++;
                    break;
                case '[':
                    isInClass = true;
                    break;
                case ']':
                    isInClass = false;
                    break;
                case '(' when !isInClass && (at + 1 >= _source.Length || _source[at + 1] != '?'):
                    _groups.Add(null);
                    break;
                case '(' when !isInClass && Follows(at + 1, "?<") && !Follows(at + 1, "?<=") && !Follows(at + 1, "?<!"):
                    var end = _source.IndexOf('>', at);
                    _groups.Add(end < 0 ? null : _source[(at + 3)..end]);
                    break;
            }
        }
    }

    private bool Alternatives(out long size)
    {
        size = 0;
        if (++_depth > DeepestGroup)
        {
            return Refuse($"its groups stand more than {DeepestGroup} deep in one another.");
        }

        while (true)
        {
            if (!Terms(out var branch))
            {
                return false;
            }

            size += branch + 1;
            if (!Take('|'))
            {
                _depth--;
                return true;
            }

            _target.Append('|');
        }
    }

    private bool Terms(out long size)
    {
        size = 0;
        while (_at < _source.Length && _source[_at] is not ('|' or ')'))
        {
            var start = _target.Length;
            if (!Term(out var termSize, out var canRepeat) || !Repetition(start, canRepeat, ref termSize))
            {
                return false;
            }

            size += termSize;
        }

        return true;
    }

    private bool Term(out long size, out bool canRepeat)
    {
        size = 1;
        canRepeat = false;
        switch (_source[_at])
        {
            case '^':
                _at++;
                _target.Append(@"\A");
                return true;
            case '$':
                _at++;
                _target.Append(@"\z");
                return true;
            case '(':
                return Group(out size, out canRepeat);
            case '*' or '+' or '?':
                return Refuse("there is nothing before it to repeat");
            case '\\' when Follows(_at, @"\b") || Follows(_at, @"\B"):
                WordEdge(_source[_at + 1] == 'b');
                return true;
        }

        canRepeat = true;
        if (_source[_at] == '\\' && _at + 1 < _source.Length && _source[_at + 1] is (>= '1' and <= '9') or 'k')
        {
            return Reference();
        }

        if (!Atom(out var set))
        {
            return false;
        }

        _target.Append(set.ToPattern());
        return true;
    }

    private bool Atom(out CodePointSet set)
    {
        set = CodePointSet.None;
        switch (_source[_at])
        {
            case '.':
                _at++;
                set = CodePointSet.LineEnds.Complement();
                return true;
            case '[':
                _at++;
                return Class(out set);
            case '\\':
                _at++;
                return Escape(isInClass: false, out set, out _);
            case '{' when IsRepetition(_at):
                return Refuse("there is nothing before it to repeat");
            default:
                set = CodePointSet.Of(NextCodePoint());
                return true;
        }
    }

    private void WordEdge(bool isEdge)
    {
        _at += 2;
        NeedsBacktracking = true;
        _target.Append(isEdge
            ? $"(?:(?<={Word})(?!{Word})|(?<!{Word})(?={Word}))"
            : $"(?:(?<={Word})(?={Word})|(?<!{Word})(?!{Word}))");
    }

    private bool Group(out long size, out bool canRepeat)
    {
        canRepeat = true;
        size = 0;
        _at++;
        if (Follows(_at, "?=") || Follows(_at, "?!") || Follows(_at, "?<=") || Follows(_at, "?<!"))
        {
            var length = Follows(_at, "?<") ? 3 : 2;
            NeedsBacktracking = true;
            canRepeat = false;
            _target.Append('(').Append(_source, _at, length);
            _at += length;
        }
        else if (Follows(_at, "?:"))
        {
            _at += 2;
            _target.Append("(?:");
        }
        else if (!Opening())
        {
            return false;
        }

        if (!Alternatives(out size))
        {
            return false;
        }

        _target.Append(')');
        return Take(')') || Refuse("a parenthesis is not closed");
    }

    /// <summary>A group that keeps what it matched. It is only kept where some reference asks for it.</summary>
    private bool Opening()
    {
        _groupsSeen++;
        if (Take('?'))
        {
            var name = _groupsSeen < _groups.Count ? _groups[_groupsSeen] : null;
            if (name is null || !IsName(name) || !Follows(_at, $"<{name}>") || _groups.Count(other => other == name) > 1)
            {
                return Refuse("here the kind or the name of a group is not valid");
            }

            _at += name.Length + 2;
        }

        _target.Append(_hasReferences ? $"(?<{_groupsSeen.ToString(CultureInfo.InvariantCulture)}>" : "(?:");
        return true;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(unit => char.IsLetterOrDigit(unit) || unit is '_' or '$');

    /// <summary>What a group matched, once more; nothing where it has not matched.</summary>
    private bool Reference()
    {
        _at++;
        int group;
        if (_source[_at] == 'k')
        {
            var end = _source.IndexOf('>', _at);
            group = Follows(_at, "k<") && end > 0 ? _groups.IndexOf(_source[(_at + 2)..end]) : -1;
            _at = end + 1;
        }
        else
        {
            var start = _at;
            while (_at < _source.Length && char.IsAsciiDigit(_source[_at]))
            {
                _at++;
            }

            group = int.TryParse(_source.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < _groups.Count ? number : -1;
        }

        if (group < 1)
        {
            return Refuse("it refers to a group that is not there.");
        }

        _target.Append(CultureInfo.InvariantCulture, $"(?:(?({group})\\{group}|))");
        return true;
    }

    private bool Follows(int at, string text) => string.CompareOrdinal(_source, at, text, 0, text.Length) == 0;

    private bool Take(char unit)
    {
        if (_at >= _source.Length || _source[_at] != unit)
        {
            return false;
        }

        _at++;
        return true;
    }

    private int NextCodePoint()
    {
        Rune.DecodeFromUtf16(_source.AsSpan(_at), out var rune, out var units);
        _at += units;
        return rune.Value;
    }

    private bool Refuse(string problem)
    {
        Problem = problem.EndsWith('.') ? problem : $"at character {_at + 1} {problem}.";
        return false;
    }
}
