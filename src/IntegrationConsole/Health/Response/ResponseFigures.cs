namespace IntegrationConsole.Health.Response;

/// <summary>What is measured: an alert that people are told of, or failures that are the same one.</summary>
public enum ResponseKind
{
    Incident,
    Group,
}

/// <summary>A median and what nine of ten stay below; both null where there was nothing to measure.</summary>
public sealed record ResponseSpan(TimeSpan? Median, TimeSpan? P90, int Count);

/// <summary>How quickly failures that began in some days were noticed, acknowledged and over.</summary>
/// <param name="Began">How many began.</param>
/// <param name="Noticed">From the first failure that is recorded to the console's finding.</param>
/// <param name="Acknowledged">From there to the first person who acknowledged it.</param>
/// <param name="Repaired">From the first failure to the end.</param>
public sealed record ResponseFigures(ResponseKind Kind, int Began, ResponseSpan Noticed, ResponseSpan Acknowledged, ResponseSpan Repaired);

/// <summary>When what happened to a group of failures, from what is recorded. What has not happened, or is not known, is null.</summary>
/// <param name="Began">Its first failure, or the one with which it came back.</param>
/// <param name="Noticed">When health or an alert said so first; unknown where the integration was in trouble already.</param>
/// <param name="Acknowledged">When the first person acknowledged it.</param>
/// <param name="Repaired">When it was over.</param>
public sealed record ResponseMoments(DateTimeOffset Began, DateTimeOffset? Noticed, DateTimeOffset? Acknowledged, DateTimeOffset? Repaired);
