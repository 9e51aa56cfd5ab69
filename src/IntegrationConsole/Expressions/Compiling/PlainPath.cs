using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>The fast lane: a path of names only goes straight through objects, and becomes a full path where it meets an array.</summary>
internal sealed class PlainPath
{
    private readonly FieldName[] _names;
    private readonly PathPlan[] _rests;

    public PlainPath(FieldName[] names)
    {
        _names = names;
        _rests = new PathPlan[names.Length];
        for (var index = 0; index < names.Length; index++)
        {
            _rests[index] = new PathPlan([.. names.Skip(index).Select(name => new PathStep(name, null, null, false))], startsAtVariable: false, keepArray: false);
        }
    }

    public Value Evaluate(Value input, Frame frame, Run run)
    {
        var value = input;
        for (var index = 0; index < _names.Length; index++)
        {
            if (value.IsArray)
            {
                return _rests[index].Evaluate(value, frame, run);
            }

            value = Lookups.Field(value, _names[index]);
            if (value.IsUndefined)
            {
                return default;
            }
        }

        return value;
    }
}
