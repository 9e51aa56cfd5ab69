using System.Runtime.CompilerServices;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions;

/// <summary>One evaluation: what it may use, and how much of its limits it has used.</summary>
internal sealed class Run(Value root, Surroundings surroundings, ExpressionLimits limits, CancellationToken cancellationToken)
{
    /// <summary>The clock is read once in this many steps.</summary>
    private const int StepsBetweenChecks = 512;

    private readonly long _started = surroundings.Clock.GetTimestamp();
    private long _steps;
    private long _size;
    private int _untilCheck = StepsBetweenChecks;
    private DateTimeOffset? _now = surroundings.Now;

    /// <summary>How deep the body that is evaluated now lies; bodies add their own depth to it.</summary>
    public int Depth;

    /// <summary>Where the call that is made now stands in the text, for errors.</summary>
    public int Position;

    /// <summary>The function that is called now, for errors.</summary>
    public string? Token;

    /// <summary>The function of the call that no other call is around, where there is one, and where it was called last.</summary>
    public Function? Outermost;
    public int OutermostPosition;

    /// <summary>How many calls are inside each other now.</summary>
    public int OpenCalls;

    /// <summary>Set by a call in tail position, and called by whoever called the body: so it costs no stack.</summary>
    public Function? TailFunction;
    public Value[] TailArguments = [];

    public Value Root { get; } = root;

    public Surroundings Surroundings { get; } = surroundings;

    public ExpressionLimits Limits { get; } = limits;

    /// <summary>The same instant for the whole evaluation.</summary>
    public DateTimeOffset Now => _now ??= Surroundings.Clock.GetUtcNow();

    /// <summary>Counts one call or item.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step()
    {
        if (--_untilCheck <= 0)
        {
            Check();
        }
    }

    /// <summary>Counts memory about to be taken, before it is taken.</summary>
    public void Take(long bytes)
    {
        _size += bytes;
        if (_size > Limits.Size)
        {
            throw new ExpressionFailure(ErrorCodes.Size, Position);
        }
    }

    /// <summary>Counts an item added to a sequence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void TakeItem(int count)
    {
        _size += 16;
        if (count >= Limits.SequenceLength)
        {
            throw new ExpressionFailure(ErrorCodes.SequenceLength, Position);
        }

        Step();
    }

    /// <summary>Enters a part of an expression whose own nesting is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(int nesting)
    {
        if (Depth + nesting > Limits.Depth)
        {
            throw TooDeep();
        }
    }

    /// <summary>Ends the evaluation before the thread's stack would end.</summary>
    public void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw TooDeep();
        }
    }

    public ExpressionFailure TooDeep() => new(ErrorCodes.TimeOrDepth, Position,
        detail: "The evaluation is nested too deeply: a function may call itself without end, or not in tail position.");

    /// <summary>Says where a failure shows: at the outermost call, and otherwise where it happened.</summary>
    public ExpressionError Place(ExpressionFailure failure)
    {
        failure.Position = Outermost is null ? failure.Position ?? (Position > 0 ? Position : null) : OutermostPosition;
        failure.Token ??= Token;
        return failure.ToError();
    }

    private void Check()
    {
        _steps += StepsBetweenChecks;
        _untilCheck = StepsBetweenChecks;
        cancellationToken.ThrowIfCancellationRequested();
        if (_steps > Limits.Steps)
        {
            throw new ExpressionFailure(ErrorCodes.Steps, Position);
        }

        if (_size > Limits.Size)
        {
            throw new ExpressionFailure(ErrorCodes.Size, Position);
        }

        if (Surroundings.Clock.GetElapsedTime(_started) > Limits.Time)
        {
            throw new ExpressionFailure(ErrorCodes.TimeOrDepth, Position,
                detail: "The evaluation took longer than its limit: a function may call itself without end.");
        }
    }
}
