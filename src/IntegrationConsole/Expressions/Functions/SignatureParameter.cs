using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>One parameter of a signature: the types it takes, and how often.</summary>
internal sealed class SignatureParameter
{
    private const string Anything = "asnblfo";

    /// <summary>More parameters than anybody writes would take long to fit, and to say which of them does not.</summary>
    private const int MostParameters = 64;

    private readonly string _types;
    private int _mask;
    private string? _itemTypes;
    private bool _isOptional;
    private bool _repeats;

    private SignatureParameter(string types, bool isArray)
    {
        _types = types;
        IsArray = isArray;
        foreach (var type in types)
        {
            _mask |= Bit(type);
        }
    }

    public bool IsArray { get; }

    private bool IsFunction => _types == "f";

    public bool DefaultsToContext { get; private set; }

    /// <summary>Nothing has to be put in its place when it is missing at the end.</summary>
    public bool MayBeLeftOut => _isOptional && !DefaultsToContext;

    /// <summary>What it takes, as a regular expression over type letters; a missing value fits everywhere but for a function.</summary>
    public string Pattern => $"[{_types}{(IsFunction ? "" : "m")}]{(_isOptional ? "?" : _repeats ? "+" : "")}";

    public bool Accepts(Value value) => value.IsUndefined || (_mask & Bit(TypeOf(value))) != 0;

    public bool FitsAsIs(Value value)
    {
        if (value.IsUndefined)
        {
            return !_repeats && !IsFunction;
        }

        if (_repeats || !Accepts(value))
        {
            return false;
        }

        return !IsArray || (value.IsArray && AcceptsItemsOf(value));
    }

    /// <summary>Whether an array's items, or the single value given for an array, are all of the type that the signature wants.</summary>
    public bool AcceptsItemsOf(Value value)
    {
        if (_itemTypes is null)
        {
            return true;
        }

        if (!value.IsArray)
        {
            return _itemTypes.Length == 1 && TypeOf(value) == _itemTypes[0];
        }

        for (var items = new ItemWalk(value); items.Next();)
        {
            if (TypeOf(items.Current) != _itemTypes[0])
            {
                return false;
            }
        }

        return true;
    }

    public static char TypeOf(Value value) => value.Kind switch
    {
        ValueKind.Null => 'l',
        ValueKind.Boolean => 'b',
        ValueKind.Number => 'n',
        ValueKind.String => 's',
        ValueKind.Array => 'a',
        ValueKind.Object => 'o',
        ValueKind.Function => 'f',
        _ => 'm',
    };

    public static List<SignatureParameter> Read(string text, int? position)
    {
        var parameters = new List<SignatureParameter>();
        for (var at = 1; at < text.Length && text[at] != ':' && !(text[at] == '>' && at == text.Length - 1); at++)
        {
            switch (text[at])
            {
                case 's' or 'n' or 'b' or 'l' or 'o' or 'f':
                    parameters.Add(new SignatureParameter(text[at].ToString(), isArray: false));
                    break;
                case 'a':
                    parameters.Add(new SignatureParameter(Anything, isArray: true));
                    break;
                case 'j':
                    parameters.Add(new SignatureParameter("asnblo", isArray: false));
                    break;
                case 'u':
                    parameters.Add(new SignatureParameter("bnsl", isArray: false));
                    break;
                case 'x':
                    parameters.Add(new SignatureParameter(Anything, isArray: false));
                    break;
                case '(':
                    var close = Close(text, at, '(', ')', position);
                    parameters.Add(new SignatureParameter(Choice(text[(at + 1)..close], position + at), isArray: false));
                    at = close;
                    break;
                case '<' when parameters.Count > 0:
                    var end = Close(text, at, '<', '>', position);
                    Parameterise(parameters[^1], text[at - 1], text[(at + 1)..end], position + at);
                    at = end;
                    break;
                default:
                    Modify(parameters, text, at, position);
                    break;
            }
        }

        return parameters.Count <= MostParameters ? parameters : throw new ExpressionFailure("S0500", position, value: text);
    }

    private static void Modify(List<SignatureParameter> parameters, string text, int at, int? position)
    {
        if (parameters.Count == 0)
        {
            throw new ExpressionFailure("S0500", position, value: text);
        }

        switch (text[at])
        {
            case '-':
                parameters[^1].DefaultsToContext = true;
                parameters[^1]._isOptional = true;
                break;
            case '?':
                parameters[^1]._isOptional = true;
                break;
            case '+':
                parameters[^1]._repeats = true;
                break;
            default:
                throw new ExpressionFailure("S0500", position, value: text);
        }
    }

    private static void Parameterise(SignatureParameter parameter, char type, string itemTypes, int? position)
    {
        if (type is not ('a' or 'f'))
        {
            throw new ExpressionFailure("S0401", position, value: type.ToString());
        }

        if (type == 'a')
        {
            parameter._itemTypes = itemTypes.Length == 0 || itemTypes[0] == 'x' ? null : itemTypes;
        }
    }

    private static string Choice(string types, int? position) =>
        types.Contains('<', StringComparison.Ordinal)
            ? throw new ExpressionFailure("S0402", position, value: types)
            : new string([.. types.Where(char.IsAsciiLetter)]);

    private static int Close(string text, int from, char open, char close, int? position)
    {
        var depth = 0;
        for (var at = from; at < text.Length; at++)
        {
            depth += text[at] == open ? 1 : text[at] == close ? -1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }

        throw new ExpressionFailure("S0500", position, value: text);
    }

    private static int Bit(char type) => type switch
    {
        'a' => 1,
        's' => 2,
        'n' => 4,
        'b' => 8,
        'l' => 16,
        'f' => 32,
        'o' => 64,
        'j' => 1 | 2 | 4 | 8 | 16 | 64,
        'x' => 127,
        _ => 0,
    };
}
