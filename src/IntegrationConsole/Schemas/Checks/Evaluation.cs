using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using IntegrationConsole.Schemas.Compiling;
using IntegrationConsole.Schemas.Patterns;

namespace IntegrationConsole.Schemas.Checks;

/// <summary>One validation under way: where it is in the value and in the schemas, what it found, and what it may still spend.</summary>
internal sealed class Evaluation(SchemaOptions options)
{
    private const int LevelsWithoutLoopCheck = 40;
    private const int StepsBetweenClockReadings = 256;

    // An invalid value has at least one error, whatever the options say.
    private readonly int _mostErrors = Math.Max(1, options.MaximumErrors);
    private readonly InstancePath _path = new();
    private readonly List<SchemaResource> _scope = [];
    private readonly List<(SchemaNode Node, int PathLength)> _frames = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private List<SchemaError>? _errors = [];
    private string _limitLocation = "";
    private long _steps;
    private int _depth;

    public bool AssertsFormats => options.AssertFormats;

    /// <summary>False inside a branch whose errors nobody will read, and when enough were collected.</summary>
    public bool IsRecording => _errors is not null && _errors.Count < _mostErrors;

    public SchemaLimit? Limit { get; private set; }

    public InstancePath Path => _path;

    /// <summary>The resources entered, the outermost first.</summary>
    public IReadOnlyList<SchemaResource> Scope => _scope;

    public SchemaVerdict Judge(SchemaNode root, JsonElement value)
    {
        var isValid = Apply(root, value, null);
        var errors = _errors!;
        if (Limit is { } limit)
        {
            errors.Add(new SchemaError(_path.ToString(), _limitLocation, "", SentenceOf(limit)));
        }

        return new SchemaVerdict(errors, !isValid && errors.Count >= _mostErrors, Limit);
    }

    /// <summary>Applies a schema to a value. What it evaluated is added to <paramref name="into"/> if the value fits.</summary>
    public bool Apply(SchemaNode node, JsonElement value, SeenChildren? into)
    {
        if (!Enter())
        {
            return false;
        }

        if (IsEndless(node))
        {
            return Stop(SchemaLimit.EndlessReference);
        }

        _frames.Add((node, _path.Length));
        var entersResource = _scope.Count == 0 || _scope[^1] != node.Resource;
        if (entersResource)
        {
            _scope.Add(node.Resource);
        }

        var seen = into is not null || node.AsksForUnevaluated ? SeenChildren.Of(value) : null;
        var passes = PassesAll(node.Checks, value, seen);
        if (passes && seen is not null)
        {
            into?.Add(seen);
        }

        // After a stop everything stays as it is, so that the place of the stop can be told.
        if (Limit is null)
        {
            _frames.RemoveAt(_frames.Count - 1);
            if (entersResource)
            {
                _scope.RemoveAt(_scope.Count - 1);
            }

            Leave();
        }

        return passes;
    }

    /// <summary>Applies a schema to a member or an item.</summary>
    public bool ApplyBelow(SchemaNode node, JsonElement child, PathStep step)
    {
        _path.Push(step);
        var passes = Apply(node, child, null);
        if (Limit is null)
        {
            _path.Pop();
        }

        return passes;
    }

    /// <summary>Runs a branch whose failure is no error by itself; its errors are kept apart.</summary>
    public (bool Passes, List<SchemaError> Errors) Try(SchemaNode node, JsonElement value, SeenChildren? into)
    {
        var outer = _errors;
        _errors = IsRecording ? [] : null;
        var passes = Apply(node, value, into);
        var found = _errors ?? [];
        _errors = outer;
        return (passes, found);
    }

    /// <summary>Runs a branch and only asks whether it passes.</summary>
    public bool Fits(SchemaNode node, JsonElement value, SeenChildren? into)
    {
        var outer = _errors;
        _errors = null;
        var passes = Apply(node, value, into);
        _errors = outer;
        return passes;
    }

    public bool FitsBelow(SchemaNode node, JsonElement child, PathStep step)
    {
        var outer = _errors;
        _errors = null;
        var passes = ApplyBelow(node, child, step);
        _errors = outer;
        return passes;
    }

    /// <summary>Records an error at the present place; always false, so that a check can return it.</summary>
    public bool Fail(Check check, string sentence)
    {
        // What fails after a stop fails because of it.
        if (IsRecording && Limit is null)
        {
            _errors!.Add(new SchemaError(_path.ToString(), check.Location, check.Keyword, sentence));
        }

        return false;
    }

    public bool FailBelow(Check check, PathStep step, string sentence)
    {
        _path.Push(step);
        Fail(check, sentence);
        _path.Pop();
        return false;
    }

    public void Add(IEnumerable<SchemaError> errors)
    {
        if (_errors is not null)
        {
            _errors.AddRange(errors.Take(_mostErrors - _errors.Count));
        }
    }

    public bool Matches(EcmaPattern pattern, string text)
    {
        if (pattern.Matches(text) is { } matches)
        {
            return matches && HasTime();
        }

        return Stop(SchemaLimit.PatternTime);
    }

    /// <summary>Goes one level deeper; false where a limit says no.</summary>
    public bool Enter()
    {
        if (Limit is not null)
        {
            return false;
        }

        if (_depth >= options.MaximumDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return Stop(SchemaLimit.Depth);
        }

        _depth++;
        return Step();
    }

    public void Leave() => _depth--;

    public bool Step()
    {
        _steps++;
        return _steps > options.MaximumSteps ? Stop(SchemaLimit.Steps)
            : _steps % StepsBetweenClockReadings != 0 || HasTime();
    }

    public bool HasTime() => Stopwatch.GetElapsedTime(_started) < options.TimeLimit || Stop(SchemaLimit.Time);

    /// <summary>Ends the validation undecided; always false.</summary>
    public bool Stop(SchemaLimit limit)
    {
        if (Limit is null)
        {
            Limit = limit;
            _limitLocation = _frames.Count > 0 ? _frames[^1].Node.Location : "";
        }

        return false;
    }

    private bool PassesAll(Check[] checks, JsonElement value, SeenChildren? seen)
    {
        var passes = true;
        foreach (var check in checks)
        {
            if (!check.Passes(value, this, seen))
            {
                passes = false;
                if (!IsRecording)
                {
                    return false;
                }
            }

            if (Limit is not null)
            {
                return false;
            }
        }

        return passes;
    }

    /// <summary>The same schema on the same value, inside itself: it would come back here for ever.</summary>
    private bool IsEndless(SchemaNode node)
    {
        if (_frames.Count < LevelsWithoutLoopCheck)
        {
            return false;
        }

        for (var index = _frames.Count - 1; index >= 0 && _frames[index].PathLength == _path.Length; index--)
        {
            if (_frames[index].Node == node)
            {
                return true;
            }
        }

        return false;
    }

    private string SentenceOf(SchemaLimit limit) => limit switch
    {
        SchemaLimit.Depth => $"The validation stopped here: schemas were applied inside one another more than {options.MaximumDepth} levels deep, or as deep as there is room.",
        SchemaLimit.Steps => $"The validation stopped here: it took more than {options.MaximumSteps} steps.",
        SchemaLimit.Time => $"The validation stopped here: it took longer than {options.TimeLimit.TotalSeconds:0.###} seconds.",
        SchemaLimit.PatternTime => "The validation stopped here: matching the text to the pattern took too long.",
        SchemaLimit.NumberLength => "The validation stopped here: the number has too many digits to be divided.",
        SchemaLimit.EndlessReference => "The validation stopped here: the schema refers back to itself without going deeper into the value.",
    };
}
