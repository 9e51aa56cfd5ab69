namespace IntegrationConsole.Mappings.Plan;

/// <summary>Rounds as a rule says, in decimals: what is money stays exact.</summary>
internal readonly struct NumberRounding(Rounding rule, int decimals)
{
    /// <summary>To how many decimal places is rounded; null where nothing is.</summary>
    public int? Digits => rule is Rounding.None ? null : decimals;

    /// <exception cref="OverflowException">The number is so great that rounding it up leaves the range of decimals.</exception>
    public decimal Round(decimal number) => rule switch
    {
        Rounding.None => number,
        Rounding.HalfUp => decimal.Round(number, decimals, MidpointRounding.AwayFromZero),
        Rounding.HalfEven => decimal.Round(number, decimals, MidpointRounding.ToEven),
        Rounding.Down => decimal.Round(number, decimals, MidpointRounding.ToZero),
        Rounding.Up => decimal.Round(number, decimals, number < 0 ? MidpointRounding.ToNegativeInfinity : MidpointRounding.ToPositiveInfinity),
    };
}
