namespace IntegrationConsole.Connectors;

/// <summary>What a connection presents to prove who it is.</summary>
public enum AuthenticationKind
{
    ApiKey,
    Bearer,
    Basic,
    OAuth2ClientCredentials,
    DatabaseLogin,

    /// <summary>What incoming webhooks are signed with: nothing is sent with it.</summary>
    WebhookSecret,
}

/// <summary>A kind of connector as data: its name, what it can do, and the settings that its form is drawn from.</summary>
/// <param name="Kind">Its name in the database, such as <c>rest</c>.</param>
/// <param name="Accepts">The credentials it can use; empty for none.</param>
public sealed record ConnectorDescriptor(
    string Kind, string Title, string Summary, bool CanRead, bool CanWrite,
    IReadOnlyList<AuthenticationKind> Accepts, bool NeedsCredential, IReadOnlyList<SettingField> Settings)
{
    /// <summary>What a stream holds can be replaced as a whole.</summary>
    public bool CanOverwrite { get; init; }

    /// <summary>What is gone from a source can be deleted here.</summary>
    public bool CanDelete { get; init; }

    /// <summary>Takes rows by calls, of which a ledger is kept: what has a key is known again, also where rows are always made anew.</summary>
    public bool KeepsLedger { get; init; }

    /// <summary>A stream can be cut by its key or its parents, and its parts read at the same time.</summary>
    public bool CanPartition { get; init; }

    /// <summary>Tells of each change as it happens, deletions included.</summary>
    public bool CanStream { get; init; }

    /// <summary>Records come by themselves: a run may be called when some are there.</summary>
    public bool TellsOfArrivals { get; init; }
}

public enum SettingKind
{
    Text,
    LongText,
    Url,
    Number,
    Switch,
    Choice,

    /// <summary>Names and values, such as request headers.</summary>
    Pairs,

    /// <summary>Any number of groups with the same fields.</summary>
    List,
}

/// <summary>One field of a connection's form.</summary>
/// <param name="Name">The JSON property it is kept under.</param>
public sealed record SettingField(string Name, string Label, SettingKind Kind)
{
    public string Help { get; init; } = "";

    public string Placeholder { get; init; } = "";

    public bool Required { get; init; }

    /// <summary>What an empty form starts with, as JSON would write it without quotes.</summary>
    public string Default { get; init; } = "";

    /// <summary>For a choice: value and label.</summary>
    public IReadOnlyList<(string Value, string Label)> Choices { get; init; } = [];

    public decimal Min { get; init; }

    public decimal Max { get; init; } = int.MaxValue;

    /// <summary>For a list: the fields of each group, and what one group is called.</summary>
    public IReadOnlyList<SettingField> Fields { get; init; } = [];

    public string ItemName { get; init; } = "";

    /// <summary>Shown only while a field beside it is shown and has one of these values, entered or by default; no values for any.</summary>
    public (string Field, IReadOnlyList<string> Values)? ShownWhen { get; init; }

    /// <summary>Folded away under "More settings".</summary>
    public bool Advanced { get; init; }
}

/// <param name="Path">Where, such as <c>streams[0].path</c>.</param>
/// <param name="Sentence">What is wrong and what to do.</param>
public sealed record SettingProblem(string Path, string Sentence);
