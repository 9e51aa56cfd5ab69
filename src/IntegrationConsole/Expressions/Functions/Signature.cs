using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>
/// Checks the arguments of a call and fills in the context value where a parameter defaults to it. The common case, every
/// argument of its type and in its place, is decided by masks; everything else by a regular expression over the types.
/// </summary>
internal sealed class Signature
{
    private static readonly ConcurrentDictionary<string, Signature> Known = new();

    private readonly SignatureParameter[] _parameters;
    private readonly Lazy<Regex> _pattern;

    private Signature(List<SignatureParameter> parameters)
    {
        _parameters = [.. parameters];
        _pattern = new Lazy<Regex>(() => Pattern(_parameters.Length, "$"));
    }

    public int Count => _parameters.Length;

    /// <summary>Reads the signature of a function of the language, which there are few of.</summary>
    public static Signature Of(string text) => Known.GetOrAdd(text, each => new Signature(SignatureParameter.Read(each, null)));

    /// <summary>Reads the signature of a lambda.</summary>
    public static Signature Parse(string text, int position) => new(SignatureParameter.Read(text, position));

    public ReadOnlySpan<Value> Check(ReadOnlySpan<Value> arguments, Value context, Run run) =>
        FitsAsIs(arguments) ? arguments : Fit(arguments, context, run);

    private bool FitsAsIs(ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length > _parameters.Length)
        {
            return false;
        }

        for (var index = 0; index < _parameters.Length; index++)
        {
            var parameter = _parameters[index];
            if (index >= arguments.Length)
            {
                if (!parameter.MayBeLeftOut)
                {
                    return false;
                }
            }
            else if (!parameter.FitsAsIs(arguments[index]))
            {
                return false;
            }
        }

        return true;
    }

    private Value[] Fit(ReadOnlySpan<Value> arguments, Value context, Run run)
    {
        var types = new StringBuilder(arguments.Length);
        foreach (var argument in arguments)
        {
            types.Append(SignatureParameter.TypeOf(argument));
        }

        context = context.Reference is ListValue { IsOuterWrapper: true } wrapper ? wrapper[0] : context;
        var match = _pattern.Value.Match(types.ToString());
        if (!match.Success)
        {
            throw Mismatch(types.ToString(), arguments, run);
        }

        var fitted = new List<Value>(_parameters.Length);
        var next = 0;
        for (var index = 0; index < _parameters.Length; index++)
        {
            var parameter = _parameters[index];
            var taken = match.Groups[index + 1].Length;
            if (taken == 0)
            {
                if (parameter.DefaultsToContext)
                {
                    fitted.Add(parameter.Accepts(context) ? context : throw Error("T0411", context, next, run));
                }
                else
                {
                    fitted.Add(next < arguments.Length ? arguments[next] : default);
                    next++;
                }
            }

            for (; taken > 0; taken--, next++)
            {
                var argument = next < arguments.Length ? arguments[next] : default;
                fitted.Add(parameter.IsArray ? AsArray(parameter, argument, next, run) : argument);
            }
        }

        return [.. fitted];
    }

    private static Value AsArray(SignatureParameter parameter, Value argument, int index, Run run)
    {
        if (argument.IsUndefined)
        {
            return argument;
        }

        if (!parameter.AcceptsItemsOf(argument))
        {
            throw Error("T0412", argument, index, run);
        }

        return argument.IsArray ? argument : new Value(new ListValue([argument]));
    }

    private ExpressionFailure Mismatch(string types, ReadOnlySpan<Value> arguments, Run run)
    {
        var fitting = 0;
        for (var count = 1; count <= _parameters.Length; count++)
        {
            var match = Pattern(count, "").Match(types);
            if (!match.Success)
            {
                break;
            }

            fitting = match.Length;
        }

        return Error("T0410", fitting < arguments.Length ? arguments[fitting] : default, fitting, run);
    }

    private static ExpressionFailure Error(string code, Value value, int index, Run run) =>
        new(code, run.Position, run.Token, Brief.Of(value), (index + 1).ToString(CultureInfo.InvariantCulture));

    private Regex Pattern(int count, string end)
    {
        var pattern = new StringBuilder("^");
        foreach (var parameter in _parameters.Take(count))
        {
            pattern.Append('(').Append(parameter.Pattern).Append(')');
        }

        // Parameters that repeat could share out many arguments in more ways than can be tried.
        return new Regex(pattern + end, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}
