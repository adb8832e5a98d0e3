// JacobianPoint.swift - point addition and doubling on a Weierstrass curve, for public data.
//
// Spec:    none; Cohen, Miyaji, Ono, "Efficient elliptic curve exponentiation using mixed
//          coordinates" (1998), and the doubling for a = -3 of Bernstein and Lange's
//          Explicit-Formulas Database ("dbl-2001-b").
// Secret:  no: every function branches on its operands, so its name ends in VariableTime.
// Reads:   WeierstrassCurve, PrimeField. Read by: PointMultiples, ECDSA.

/// The point (X / Z^2, Y / Z^3), or infinity if Z is 0.
struct JacobianPoint<let limbCount: Int> {
    var x, y, z: FieldElement<limbCount>
}

extension WeierstrassCurve {
    var infinity: JacobianPoint<limbCount> { JacobianPoint(x: field.one, y: field.one, z: .zero) }

    func isInfinityVariableTime(_ point: JacobianPoint<limbCount>) -> Bool {
        point.z.equalsVariableTime(.zero)
    }

    /// P = 2 P. Infinity stays infinity, because Z3 is a multiple of Z1. The curves have no point of order 2.
    @inline(never)
    func doubleVariableTime(_ point: inout JacobianPoint<limbCount>) {
        let delta = field.square(point.z)
        let gamma = field.square(point.y)
        let beta = field.multiply(point.x, gamma)
        // alpha = 3 (X1 - delta)(X1 + delta): the slope 3 x^2 + a with a = -3.
        let third = field.multiply(field.subtract(point.x, delta), field.add(point.x, delta))
        let alpha = field.add(field.double(third), third)
        let beta4 = field.double(field.double(beta))
        // X3 = alpha^2 - 8 beta.
        let x = field.subtract(field.square(alpha), field.double(beta4))
        // Z3 = (Y1 + Z1)^2 - gamma - delta = 2 Y1 Z1.
        let sum = field.square(field.add(point.y, point.z))
        let z = field.subtract(field.subtract(sum, gamma), delta)
        // Y3 = alpha (4 beta - X3) - 8 gamma^2.
        let gammaSquared2 = field.double(field.square(gamma))
        let gammaSquared8 = field.double(field.double(gammaSquared2))
        let y = field.subtract(field.multiply(alpha, field.subtract(beta4, x)), gammaSquared8)
        point = JacobianPoint(x: x, y: y, z: z)
    }

    /// P = P + Q, valid for any two points.
    @inline(never)
    func addVariableTime(_ point: inout JacobianPoint<limbCount>, _ other: AffinePoint<limbCount>) {
        // Infinity + Q = Q.
        if isInfinityVariableTime(point) {
            point = JacobianPoint(x: other.x, y: other.y, z: field.one)
            return
        }
        // Q with P's denominators: U2 = X2 Z1^2, S2 = Y2 Z1^3.
        let zz = field.square(point.z)
        let h = field.subtract(field.multiply(other.x, zz), point.x)
        let s = field.multiply(field.multiply(other.y, zz), point.z)
        let r = field.subtract(s, point.y)
        if h.equalsVariableTime(.zero) {
            // The x-coordinates are equal: either P = Q, where the slope below would be 0 / 0, or P = -Q.
            if r.equalsVariableTime(.zero) {
                doubleVariableTime(&point)
            } else {
                point = infinity
            }
            return
        }
        // X3 = r^2 - H^3 - 2 X1 H^2, Y3 = r (X1 H^2 - X3) - Y1 H^3, Z3 = Z1 H.
        let hh = field.square(h)
        let hhh = field.multiply(h, hh)
        let v = field.multiply(point.x, hh)
        let x = field.subtract(field.subtract(field.square(r), hhh), field.double(v))
        let y = field.subtract(
            field.multiply(r, field.subtract(v, x)), field.multiply(point.y, hhh))
        point = JacobianPoint(x: x, y: y, z: field.multiply(point.z, h))
    }
}
